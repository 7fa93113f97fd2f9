import { z } from 'zod';
import { BUSY } from '../busySchema.ts';
import { COMMANDS, type CommandOf, type TaskCommandType } from './commands.ts';

const schemas: { -readonly [Type in TaskCommandType]: (typeof COMMANDS)[Type] } = { ...COMMANDS };
const asked = new Map<TaskCommandType, number>();

/** The schema of a command; compiled, once it was asked for often. */
export const commandSchema = <Type extends TaskCommandType>(type: Type): z.ZodType<CommandOf<Type>> => {
  const times = (asked.get(type) ?? 0) + 1;
  if (times === BUSY) schemas[type] = z.compile(COMMANDS[type]);
  if (times <= BUSY) asked.set(type, times);
  return schemas[type];
};
