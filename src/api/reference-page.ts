import { hash } from 'node:crypto';

import { ERRORS, type ErrorSpec } from '#contract';

import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../utils/json.ts';
import { REFERENCE_STYLE } from './reference-style.ts';

const STYLE_HASH = hash('sha256', REFERENCE_STYLE, 'base64');

/** Nothing from elsewhere, no script at all, and only this one style. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly spec: JsonObject;
}

/** The OpenAPI document as a page that needs nothing but itself. */
export function referencePage(document: JsonObject): string {
  const operations = operationsOf(document);
  const tags = [...new Set(operations.map((operation) => tagOf(operation)))];
  const info = objectOf(document['info']);
  const sections = tags.map((tag) => {
    const own = operations.filter((operation) => tagOf(operation) === tag);
    return `<h2 id="tag-${escape(tag)}">${escape(tag)}</h2>${own.map(article).join('')}`;
  });
  const schemas = Object.entries(objectOf(objectOf(document['components'])['schemas'])).map(schemaArticle);
  return page({
    title: 'PyGent Factory API',
    navigation: navigation(tags, operations),
    main:
      `<h1>PyGent Factory API</h1><p>${escape(textOf(info['description']))} Version ${escape(textOf(info['version']))}.</p>` +
      `<p>Every call but health and these pages carries <code>Authorization: Bearer &lt;key&gt;</code>. Errors are problem details (RFC 9457) with a stable <code>code</code>: see <a href="/docs/errors">all codes</a>. The same in machine form: <a href="/openapi.json">/openapi.json</a>.</p>` +
      `${sections.join('')}<h2 id="schemas">Schemas</h2>${schemas.join('')}`,
  });
}

/** Every error code, what it means and what to do. */
export function errorsPage(version: string): string {
  const rows = (Object.entries(ERRORS) as [string, ErrorSpec][]).map(
    ([code, { kind, title, remedy }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${escape(kind)}</td><td>${escape(title)}</td><td>${escape(remedy)}</td></tr>`,
  );
  return page({
    title: 'Errors of PyGent Factory',
    navigation: '<p><a href="/docs">API reference</a></p>',
    main: `<h1>Errors</h1><p>What the API of version ${escape(version)} can answer with, in <code>code</code> of its problem details.</p><div class="scroll"><table><thead><tr><th>Code</th><th>Kind</th><th>What happened</th><th>What to do</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
  });
}

function page({ title, navigation: nav, main }: { title: string; navigation: string; main: string }): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)}</title><style>${REFERENCE_STYLE}</style></head><body><div class="layout"><nav aria-label="Contents">${nav}</nav><main>${main}</main></div></body></html>`;
}

function navigation(tags: readonly string[], operations: readonly Operation[]): string {
  const groups = tags.map((tag) => {
    const links = operations
      .filter((operation) => tagOf(operation) === tag)
      .map(({ id, spec }) => `<li><a href="#${escape(id)}">${escape(textOf(spec['summary']))}</a></li>`);
    return `<h2>${escape(tag)}</h2><ul>${links.join('')}</ul>`;
  });
  return `${groups.join('')}<h2>more</h2><ul><li><a href="#schemas">Schemas</a></li><li><a href="/docs/errors">Errors</a></li></ul>`;
}

function article({ id, method, path, spec }: Operation): string {
  const description = spec['description'] === undefined ? '' : `<p>${escape(textOf(spec['description']))}</p>`;
  const action =
    spec['x-action'] === undefined ? '' : `<p class="dim">Needs <code>${escape(textOf(spec['x-action']))}</code></p>`;
  return (
    `<article id="${escape(id)}"><h3><span class="method">${method}</span><code>${escape(path)}</code></h3>` +
    `<p>${escape(textOf(spec['summary']))}.</p>${description}${action}${parameterTable(spec)}${requestBody(spec)}${responses(spec)}</article>`
  );
}

function parameterTable(spec: JsonObject): string {
  const parameters = arrayOf(spec['parameters']).map(objectOf);
  if (parameters.length === 0) return '';
  const rows = parameters.map((parameter) => {
    const note = textOf(parameter['description']);
    const must = parameter['required'] === true ? ', required' : '';
    const type = escape(JSON.stringify(parameter['schema']));
    return `<tr><td><code>${escape(textOf(parameter['name']))}</code></td><td>${escape(textOf(parameter['in']))}${must}</td><td><code>${type}</code>${note === '' ? '' : `<br>${escape(note)}`}</td></tr>`;
  });
  return `<h4>Parameters</h4><div class="scroll"><table><thead><tr><th>Name</th><th>In</th><th>Form</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function requestBody(spec: JsonObject): string {
  const content = objectOf(objectOf(spec['requestBody'])['content']);
  const [first] = Object.values(content);
  if (first === undefined) return '';
  return `<h4>Body (${escape(Object.keys(content).join(', '))})</h4>${schemaText(objectOf(first)['schema'])}`;
}

function responses(spec: JsonObject): string {
  const parts = Object.entries(objectOf(spec['responses'])).map(([status, value]) => {
    const response = objectOf(value);
    const contents = Object.entries(objectOf(response['content']))
      .filter(([type]) => type !== 'application/problem+json')
      .map(([type, media]) => {
        const { schema, 'x-events': events } = objectOf(media);
        return `<p class="dim">${escape(type)}</p>${schemaText(events ?? schema)}`;
      });
    return `<tr><td><code>${escape(status)}</code></td><td>${escape(textOf(response['description']))}${contents.join('')}</td></tr>`;
  });
  return `<details><summary>Answers</summary><div class="scroll"><table><tbody>${parts.join('')}</tbody></table></div></details>`;
}

function schemaArticle([name, schema]: [string, JsonValue | undefined]): string {
  return `<article id="schema-${escape(name)}"><h3><code>${escape(name)}</code></h3>${schemaText(schema)}</article>`;
}

/** A schema as text, its references as links. */
function schemaText(schema: JsonValue | undefined): string {
  const text = escape(JSON.stringify(schema ?? {}, null, 2));
  return `<pre tabindex="0"><code>${text.replaceAll(
    /{\s*&quot;\$ref&quot;: &quot;#\/components\/schemas\/(\w+)&quot;\s*}/g,
    '<a href="#schema-$1">$1</a>',
  )}</code></pre>`;
}

function operationsOf(document: JsonObject): Operation[] {
  return Object.entries(objectOf(document['paths'])).flatMap(([path, methods]) =>
    Object.entries(objectOf(methods)).map(([method, value]) => {
      const spec = objectOf(value);
      return { id: textOf(spec['operationId']), method: method.toUpperCase(), path, spec };
    }),
  );
}

const tagOf = ({ spec }: Operation): string => textOf(arrayOf(spec['tags'])[0]);
const objectOf = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});
const arrayOf = (value: JsonValue | undefined): readonly JsonValue[] => (isJsonArray(value) ? value : []);
const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
