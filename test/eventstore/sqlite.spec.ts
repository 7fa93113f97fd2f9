import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqliteEventStore.ts';
import { eventStoreConformance } from '../conformance/eventStore.ts';

eventStoreConformance('sqlite', () => openSqliteEventStore({ path: join(mkdtempSync(join(tmpdir(), 'holdfast-log-')), 'main.db'), create: true }));
