import type { CommandContext } from './command-context.ts';
import { packageVersion } from '../utils/package-root.ts';

/** pygent version */
export async function showVersion(context: CommandContext): Promise<void> {
  const versions = {
    pygent: packageVersion(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
  context.present(versions, ({ pygent, node, platform }) => [`pygent ${pygent} (Node.js ${node}, ${platform})`]);
}
