import type { CommandContext } from './command-context.ts';
import { packageVersion } from './package-version.ts';

/** pygent version */
export async function showVersion(context: CommandContext): Promise<void> {
  const versions = {
    pygent: packageVersion(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
  };
  context.present(versions, ({ pygent, node, platform }) => [`pygent ${pygent} (Node.js ${node}, ${platform})`]);
}
