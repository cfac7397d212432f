#pragma once

namespace thence::admin {

/// The contents of page.html, page.css and page.js. CMake generates the definitions.
extern const char* const page_html;
extern const char* const page_css;
extern const char* const page_js;

}  // namespace thence::admin
