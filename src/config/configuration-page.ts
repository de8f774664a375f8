import { type Variable, VARIABLES } from './variables.ts';

/** docs/configuration.md, made from the variables themselves. */
export function configurationPage(): string {
  const rows = (Object.entries(VARIABLES) as [string, Variable][]).map(
    ([name, { description, defaultText, secret }]) => {
      const note = secret ? ' Secret.' : '';
      return `| \`${name}\` | ${description.replaceAll('|', '\\|')}${note} | ${defaultText} |`;
    },
  );
  return `# Configuration

Set a variable in the environment, or in \`pygent.config.json\` or \`pygent.config.yaml\` in the folder where
the factory is started; the environment wins. A secret may also be read from a file: set its name with
\`_FILE\` behind it, such as \`OPENAI_API_KEY_FILE=/run/secrets/openai\`. Relative paths begin in the folder
of the start. What is not valid, or unknown in the file, stops the start with one line that names it.

| Variable | What it does | Default |
|---|---|---|
${rows.join('\n')}
`;
}
