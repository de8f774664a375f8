import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface OpenApiDocument {
  readonly paths: Record<
    string,
    Record<
      string,
      { readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }> }
    >
  >;
}

export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Checks that answers are just what an OpenAPI document says of them. */
export class OpenApiValidator {
  readonly #document: OpenApiDocument;
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();
  /** `GET /path 200` for every answer that was checked. */
  readonly checked = new Set<string>();

  constructor(document: unknown) {
    this.#document = document as OpenApiDocument;
    this.#ajv = new Ajv2020({ strict: false, allErrors: true });
    this.#ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/);
    this.#ajv.addFormat('date', /^\d{4}-\d\d-\d\d$/);
    this.#ajv.addSchema(document as object, 'openapi');
  }

  /** Throws for a status, a media type or a body that the document doesn't tell of. */
  check({ method, url, status, contentType, body }: Exchange): void {
    const found = this.#find(method, url.split('?', 1)[0] ?? url);
    if (found === undefined) return;
    const place = `${method} ${found.path} ${status}`;
    const response = found.responses[String(status)];
    if (response === undefined) throw new Error(`/openapi.json knows no ${place}: ${body.slice(0, 500)}`);
    this.checked.add(place);
    if (body === '') {
      if (response.content !== undefined && method !== 'HEAD') throw new Error(`${place} has no body, but should have`);
      return;
    }
    const type = contentType.split(';', 1)[0] ?? '';
    if (response.content?.[type] === undefined) throw new Error(`/openapi.json knows no ${type} for ${place}`);
    if (!type.endsWith('json')) return;
    const pointer = ['paths', found.path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema']
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = this.#compiled.get(pointer) ?? this.#ajv.compile({ $ref: `openapi#/${pointer}` });
    this.#compiled.set(pointer, validate);
    if (!validate(JSON.parse(body))) {
      throw new Error(
        `${place} is not as /openapi.json says: ${this.#ajv.errorsText(validate.errors)}\n${body.slice(0, 800)}`,
      );
    }
  }

  #find(method: string, path: string) {
    const fits = (pattern: string) => new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
    const [known] = Object.keys(this.#document.paths)
      .filter(fits)
      .toSorted((a, b) => a.split('{').length - b.split('{').length);
    const operation = known === undefined ? undefined : this.#document.paths[known]?.[method.toLowerCase()];
    return operation === undefined || known === undefined ? undefined : { path: known, responses: operation.responses };
  }
}
