import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

type Placeholders = { readonly task_id: string; readonly title: string; readonly input: unknown };

export const PLACEHOLDERS = ['task_id', 'title', 'input'] as const satisfies readonly (keyof Placeholders)[];
const PLACEHOLDER = new RegExp(`\\{(${PLACEHOLDERS.join('|')})\\}`, 'g');

/** Puts the task into single arguments: no shell, so nothing in a title can become a word or a command. An input that is text goes in as it is. */
export const filledIn = (args: readonly string[], { task_id, title, input }: Placeholders): readonly string[] => {
  const values = { task_id, title, input: typeof input === 'string' ? input : JSON.stringify(input) };
  const isName = (name: string): name is keyof typeof values => name in values;
  return args.map((argument) => argument.replace(PLACEHOLDER, (whole, name: string) => (isName(name) ? values[name] : whole)));
};

/** The file of a command, as a shell would find it: by its path when it has one, else on PATH. undefined when there is none to execute. */
export const commandFile = async (command: string, { path, cwd }: { readonly path: string; readonly cwd: string }): Promise<string | undefined> => {
  if (command.includes('/')) return executable(resolve(cwd, command));
  for (const folder of path.split(delimiter)) {
    const file = await executable(join(resolve(cwd, folder), command));
    if (file !== undefined && command !== '') return file;
  }
  return undefined;
};

const executable = async (file: string): Promise<string | undefined> => {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
};
