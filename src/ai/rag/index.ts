export { Bm25Index, DEFAULT_BM25, type Bm25Hit, type Bm25Parameters, type IndexedFields } from './bm25-index.ts';
export { DocumentFolder, type DocumentLines, type PassageHit } from './document-folder.ts';
export {
  createDocumentLibrary,
  PACKAGE_DOCUMENTS,
  type DocumentLibrary,
  type DocumentLibraryOptions,
} from './document-library.ts';
export { assertDocumentRoots } from './document-roots.ts';
export { createDocumentTools } from './document-tools.ts';
