export { openLocalBlobStore, type LocalBlobStore } from './local-blob-store.ts';
