/** The stylesheet of the page: readable in the light and in the dark, on paper and on a telephone. */
export const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
code, pre { font: 0.875rem/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid var(--line); border-radius: 4px; margin: 0.25rem 0 1rem; }
pre.curl { white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; margin-bottom: 0; border-style: dashed; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: 0.5rem; margin: 0.5rem 0; }
h2 { margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
small, em { opacity: 0.75; font-style: normal; font-weight: normal; }
details { border: 1px solid var(--line); border-radius: 4px; margin: 0.25rem 0; padding: 0.25rem 0.75rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary b { display: inline-block; min-width: 4.5rem; }
summary em { float: right; }
.GET { color: #2f7de1; } .POST { color: #2a9d4a; } .PUT { color: #b7791f; } .DELETE { color: #d64545; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-top: 1px solid var(--line); }
`;

/** The script of the page, which works without it: a field that leaves only what has all the words typed into it. */
export const SCRIPT = `
const field = document.getElementById('filter');
field.hidden = false;
field.addEventListener('input', () => {
  const words = field.value.toLowerCase().split(/\\s+/);
  for (const section of document.querySelectorAll('section')) {
    let shown = 0;
    for (const operation of section.querySelectorAll('details')) {
      const text = operation.querySelector('summary').textContent.toLowerCase();
      operation.hidden = !words.every((word) => text.includes(word));
      if (!operation.hidden) shown += 1;
    }
    section.hidden = shown === 0;
  }
});
const open = () => {
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted?.tagName === 'DETAILS') wanted.open = true;
};
addEventListener('hashchange', open);
open();
`;
