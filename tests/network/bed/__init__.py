"""A network of namespaces on one machine, the servers in it, and the judges that test them."""
