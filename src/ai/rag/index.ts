export { DocumentFolder, type DocumentLines, type PassageHit } from './document-folder.ts';
export {
  createDocumentLibrary,
  PACKAGE_DOCUMENTS,
  type DocumentLibrary,
  type DocumentLibraryOptions,
} from './document-library.ts';
export { assertDocumentRoots } from './document-roots.ts';
export { createDocumentTools } from './document-tools.ts';
