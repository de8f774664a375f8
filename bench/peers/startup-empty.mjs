// What Node.js itself takes: nothing is imported.
import { reportStartup } from '../report-startup.mjs';

await reportStartup(async () => ({}));
