"""Plots the results of `compare`: the CPU time per answer, by load and server, as a ratio to the echo."""

from html import escape

WIDTH = 720
LEFT, RIGHT = 176, 72  # margins of the bars, for the servers' names and the figures
ROW, GROUP = 20, 34  # heights of a bar's row and of a load's title
TOP, BOTTOM = 60, 24
FURTHEST = 2.6  # larger ratios are drawn as a truncated bar
NAMES = {"thence": "Thence", "before": "Thence, before", "knot": "Knot", "nsd": "NSD", "unbound": "Unbound"}

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .faint, .tick { fill: #59636e; font-size: 12px; }
  .card { fill: #ffffff; stroke: #d1d9e0; }
  .bar { fill: #9aa4ae; }
  .own { fill: #1f6feb; }
  .spread { stroke: #1f2328; stroke-width: 1.5; }
  .grid { stroke: #d1d9e0; }
  .echo { stroke: #59636e; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .faint, .tick { fill: #9198a1; }
    .card { fill: #0d1117; stroke: #3d444d; }
    .bar { fill: #6e7681; }
    .own { fill: #4493f8; }
    .spread { stroke: #e6edf3; }
    .grid { stroke: #2a313c; }
    .echo { stroke: #9198a1; }
  }
"""


def groups(result):
    """The loads with results, each with the rows of its servers."""
    for load in result["loads"]:
        rows = [row for row in load["rows"] if row["server"] != "echo" and "cpu_ratio" in row and row["valid"]]
        if rows:
            yield load["title"].removesuffix(", the server saturated"), sorted(rows, key=lambda row: row["cpu_ratio"])


def text(x, y, words, kind="", anchor="start"):
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{kind} text-anchor="{anchor}">{escape(words)}</text>'


def line(x, top, x2, bottom, kind):
    return f'<line class="{kind}" x1="{x:g}" y1="{top:g}" x2="{x2:g}" y2="{bottom:g}"/>'


class Scale:
    def __init__(self, most):
        self.end = min(max(most, 1.5), FURTHEST)

    def __call__(self, ratio):
        return round(LEFT + min(ratio, self.end) / self.end * (WIDTH - LEFT - RIGHT), 1)


def bar(row, y, x):
    """One server: its name, the median as a bar, and the range over the rounds as a line across its end."""
    own = "bar own" if row["server"] == "thence" else "bar"
    end, middle = x(row["cpu_ratio"]), y + ROW / 2
    yield text(LEFT - 8, middle + 4.5, f"{NAMES.get(row['server'], row['server'])} {row['version']}".strip(), "", "end")
    if row["cpu_ratio"] > x.end:
        yield f'<path class="{own}" d="M{LEFT} {y + 3}H{end}l-6 3.5 6 3.5-6 3.5 6 3.5H{LEFT}z"/>'
        beyond = end
    else:
        yield f'<rect class="{own}" x="{LEFT}" y="{y + 3}" width="{end - LEFT:.1f}" height="{ROW - 6}"/>'
        least, most = x(row["cpu_ratio_least"]), x(row["cpu_ratio_most"])
        yield line(least, middle, most, middle, "spread")
        yield line(least, middle - 3, least, middle + 3, "spread")
        yield line(most, middle - 3, most, middle + 3, "spread")
        beyond = max(end, most)
    yield text(beyond + 8, middle + 4.5, f"{row['cpu_ratio']:.2f}")


def svg(result):
    """@param result what `compare --json` prints
    @return an SVG document"""
    shown = list(groups(result))
    x = Scale(max((row["cpu_ratio_most"] for _, rows in shown for row in rows), default=1))
    height = TOP + sum(GROUP + ROW * len(rows) for _, rows in shown) + BOTTOM
    drawn, y = [], TOP
    for step in range(int(x.end * 2) + 1):
        drawn.append(line(x(step / 2), TOP, x(step / 2), height - BOTTOM, "echo" if step == 2 else "grid"))
        drawn.append(text(x(step / 2), TOP - 6, "1: the echo" if step == 2 else f"{step / 2:g}", "tick", "middle"))
    for title, rows in shown:
        drawn.append(text(LEFT, y + GROUP - 8, title, "title"))
        y += GROUP
        for row in rows:
            drawn += bar(row, y, x)
            y += ROW
    head = "CPU time per answer, as a ratio to a bare echo in the same round"
    under = f"median of {result['rounds']} rounds; the line across a bar's end is the least and the most"
    body = "\n".join([
        f'<rect class="card" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="6"/>',
        text(16, 24, head, "title"), text(WIDTH - 16, height - 8, under, "faint", "end"), *drawn])  # fmt: skip
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img">\n<title>{head}</title>\n<style>{STYLE}</style>\n{body}\n</svg>\n')  # fmt: skip
