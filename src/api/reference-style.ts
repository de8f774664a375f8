/** The style of the reference pages: readable, narrow screens first, light and dark. */
export const REFERENCE_STYLE = `
:root{color-scheme:light dark;--ink:#1b2330;--dim:#5b6676;--paper:#fdfdfc;--card:#fff;--line:#dfe3e8;--mark:#0b6e5f;--code:#f2f4f6}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8ee;--dim:#9aa5b4;--paper:#12161c;--card:#181e26;--line:#2b333e;--mark:#5fd0bb;--code:#1f2731}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
a{color:var(--mark)}
.layout{display:grid;gap:0;max-width:76rem;margin:0 auto}
nav{padding:1.25rem;border-bottom:1px solid var(--line)}
nav h2{font-size:.78rem;letter-spacing:.06em;text-transform:uppercase;color:var(--dim);margin:1.1rem 0 .3rem}
nav ul{list-style:none;margin:0;padding:0}
nav li a{display:block;padding:.28rem 0;text-decoration:none;color:var(--ink);font-size:.92rem}
nav li a:hover{color:var(--mark);text-decoration:underline}
main{padding:1.25rem;min-width:0}
h1{font-size:1.9rem;line-height:1.2;margin:.4rem 0 .6rem}
main>h2{margin:2.6rem 0 .6rem;font-size:1.35rem}
article{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.15rem;margin:0 0 1rem;scroll-margin-top:1rem}
article h3{margin:0 0 .35rem;font-size:1rem;display:flex;gap:.6rem;align-items:baseline;flex-wrap:wrap;overflow-wrap:anywhere}
article h4{margin:1rem 0 .3rem;font-size:.85rem;color:var(--dim);font-weight:600}
.method{font:600 .74rem/1.6 ui-monospace,monospace;padding:0 .5rem;border-radius:5px;background:var(--mark);color:var(--paper)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.87em}
code{overflow-wrap:anywhere}
pre{background:var(--code);border-radius:8px;padding:.8rem 1rem;overflow-x:auto;margin:.3rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid var(--line)}
th{color:var(--dim);font-weight:600;font-size:.82rem}
summary{cursor:pointer;color:var(--dim);font-size:.9rem;padding:.3rem 0}
summary:focus-visible,a:focus-visible{outline:2px solid var(--mark);outline-offset:2px}
.dim{color:var(--dim)}
@media(min-width:60rem){.layout{grid-template-columns:17rem 1fr}nav{border:0;border-right:1px solid var(--line);position:sticky;top:0;height:100vh;overflow-y:auto}main{padding:1.5rem 2.2rem}}
`;
