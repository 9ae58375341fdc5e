// Text from the system under test is never trusted: each reader of a report gets it escaped.
//
// Ownership: pure functions. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace reprise {

// One printable line of valid UTF-8: control characters, line breaks, bidirectional overrides,
// non-characters and bytes that are not UTF-8 are spelled out (\x1b, \n, \u202e). Everything that
// came from outside passes through here first, so that nothing later can act on it.
[[nodiscard]] std::string visible(std::string_view text);

// For element content and quoted attributes of HTML.
[[nodiscard]] std::string html(std::string_view text);

// For element content and quoted attributes of XML 1.0: what XML forbids is spelled out; `>` is
// escaped as well, so "]]>" cannot stand. Line breaks stay.
[[nodiscard]] std::string xml(std::string_view text);

// For text inside a line or a table's cell of Markdown: neither markup nor HTML nor a link comes of
// it, and it never ends the cell. It must not be what begins a line.
[[nodiscard]] std::string markdown(std::string_view text);

// For a line that a CI runner reads: visible, and without "::" and "##[", which start commands.
[[nodiscard]] std::string inert(std::string_view text);

}  // namespace reprise
