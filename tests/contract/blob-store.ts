import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import type { BlobStore } from '../../src/kernel/ports/blob-store.ts';
import { contentHash } from '../../src/utils/content-hash.ts';

/** What every blob store keeps; `open` gives an empty one. */
export function describeBlobStore(name: string, open: () => Promise<BlobStore>): void {
  describe(`${name} as a blob store`, () => {
    let store: BlobStore;
    beforeAll(async () => {
      store = await open();
    });

    it('gives back any bytes under their SHA-256', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (content) => {
          const hash = await store.put(content);
          expect(hash).toBe(contentHash(content));
          expect(Buffer.from(await store.get(hash)).equals(content)).toBe(true);
        }),
        { numRuns: 30 },
      );
    });

    it('stores the same bytes once and twice alike, also at the same time', async () => {
      const content = Buffer.from('the same bytes');
      const hashes = await Promise.all([1, 2, 3, 4].map(() => store.put(content)));
      expect(new Set([...hashes, await store.put(content)])).toEqual(new Set([contentHash(content)]));
      expect(Buffer.from(await store.get(contentHash(content))).toString()).toBe('the same bytes');
    });

    it('keeps a large payload', async () => {
      const content = Buffer.alloc(5 * 1024 * 1024, 'pygent');
      expect(Buffer.from(await store.get(await store.put(content))).equals(content)).toBe(true);
    });

    it('knows what it has', async () => {
      const hash = await store.put(Buffer.from('something'));
      expect(await store.has(hash)).toBe(true);
      expect(await store.has(contentHash('nothing'))).toBe(false);
    });

    it.each([contentHash('nothing'), '', 'ab', '../../etc/passwd', `${'a'.repeat(62)}/x`])(
      'has no blob under %j',
      async (hash) => {
        expect(await store.has(hash)).toBe(false);
        await expect(store.get(hash)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
      },
    );
  });
}
