#pragma once

// The style of an evaluation's page: light or dark like the reader's system, one column on a phone.
// Every pair of text and background has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).

#include <string_view>

namespace FineTuning::internal {

inline constexpr std::string_view evaluation_style = R"(
:root { color-scheme: light dark; --ground: #ffffff; --card: #f4f6f8; --line: #d5dbe1; --text: #1b2027;
  --quiet: #56606b; --good: #176f34; --bad: #b3261e; --accent: #1f5fbf; --band: #a9c6f0; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161b; --card: #1b2128; --line: #37414c; --text: #e6ebf0;
    --quiet: #a3adb8; --good: #5bcf80; --bad: #ff9189; --accent: #86b6ff; --band: #2d4f80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 4rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.1rem; font-weight: 600; color: var(--quiet); overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; }
p { margin: .25rem 0; }
.quiet { color: var(--quiet); }
.good { color: var(--good); }
.bad { color: var(--bad); }
.accuracy { font-size: 3rem; font-weight: 700; line-height: 1.2; }
.verdict { font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; }
.figures div { padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
dt, .note { font-size: .85rem; color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
dt + dd { font-size: 1.25rem; font-weight: 600; }
svg { display: block; overflow: visible; margin-top: .5rem; }
svg text { fill: var(--quiet); font-size: .8rem; }
.track { fill: var(--card); stroke: var(--line); }
.band { fill: var(--band); }
.dot, .bar { fill: var(--accent); }
.mark { stroke: var(--text); stroke-width: 2; stroke-dasharray: 3 2; }
.axis { stroke: var(--line); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .6rem .6rem .6rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border: 0; font-size: .85rem; color: var(--quiet); }
th { font-weight: 600; overflow-wrap: anywhere; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate;
  max-height: 20rem; overflow: auto; font: .9rem/1.45 ui-monospace, monospace; }
.tag { display: inline-block; margin: .15rem .25rem 0 0; padding: 0 .45rem; border: 1px solid var(--line);
  border-radius: .75rem; font-size: .8rem; font-weight: 400; color: var(--quiet); }
.model { font-size: .8rem; font-weight: 400; color: var(--quiet); }
.models { overflow-wrap: anywhere; }
.results, .tags { table-layout: fixed; }
.results th:first-child { width: 9rem; }
.tags th:last-child { width: 45%; }
@media (max-width: 40rem) {
  .results thead { position: absolute; clip-path: inset(50%); }
  .results tr { display: block; padding: .75rem 0; border-top: 1px solid var(--line); }
  .results th, .results td { display: block; width: auto; padding: .2rem 0; border: 0; }
  .results th:first-child { width: auto; }
  .results td::before { content: attr(data-label); display: block; font-size: .8rem; color: var(--quiet); }
}
)";

}  // namespace FineTuning::internal
