/** A promise that a test holds: it says `// requirement: R-…` above itself, or has the id in its title. */
export interface Requirement {
  readonly promise: string;
  /** No test cites it yet. The mark must go with the first that does. */
  readonly open?: true;
}

/** What the first release promises. Ids are `R-<area>-<words>`, never reused. */
export const REQUIREMENTS: Readonly<Record<`R-${string}`, Requirement>> = {
  // Start
  'R-START-FIRST': {
    promise:
      'The first `npm start` of a clone installs, migrates, starts every role, and prints in under ten lines the ' +
      'address, the model and why, where the data lies, how to stop, what to try next, and the admin key.',
  },
  'R-START-KEY-FILE': { promise: 'The admin key is saved readable by its owner alone; the CLI finds it.' },
  'R-START-PORT-IN-USE': { promise: 'A port in use ends the start with one clear line, and not with 0.' },
  'R-START-UNWRITABLE': { promise: 'A data folder that cannot be written ends the start with one clear line.' },
  'R-START-FOLDER-HELD': { promise: 'A data folder held by another process is refused with its pid, undamaged.' },
  'R-START-CONFIGURATION': { promise: 'A corrupt configuration is refused in one line that names the place.' },

  // Running the sample agent
  'R-RUN-LIBRARIAN': {
    promise: '`pygent run librarian` answers from the documentation with a quotation, file and lines.',
  },
  'R-RUN-DOCUMENTS': { promise: '`--documents` answers from any folder with a right citation.' },
  'R-RUN-STREAMS': {
    promise: 'The steps stream to the terminal as they happen; `--json` is the machine form.',
  },
  'R-RUN-TIMELINE': {
    promise: '`pygent executions show` gives every step with its input, output, tokens, cost and duration.',
  },
  'R-RUN-CHAT': { promise: '`pygent chat` holds a conversation over several turns.' },
  'R-CLI-EXIT-CODES': {
    promise: 'Data goes to stdout, the rest to stderr, and exit codes are as documented.',
  },
  'R-CLI-DOCTOR': { promise: '`pygent doctor` checks the installation and says how to mend each fault.' },

  // Data
  'R-DATA-AS-ROOT': { promise: 'The embedded database runs for root, in a folder that no one else can enter.' },
  'R-DATA-AS-USER': { promise: 'The embedded database runs for a normal user.' },
  'R-DATA-ORPHAN': { promise: 'A database that the last run left behind is ended, and nothing committed is lost.' },
  'R-DATA-READ-ONLY-INSTALL': { promise: 'The embedded database starts from a read-only install.' },
  'R-DATA-NO-BINARY': { promise: 'Where no binary fits the platform, the error names DATABASE_URL.' },
  'R-DATA-MIGRATE-TOGETHER': { promise: 'Two processes that migrate at once take turns.' },
  'R-DATA-MIGRATE-OLDER-CODE': { promise: 'Older code refuses to work on a newer schema.' },
  'R-DATA-OPTIMISTIC-LOCK': { promise: 'Of two appends at one version of a stream, one is refused.' },
  'R-DATA-GLOBAL-ORDER': {
    promise: 'A reader of the log never skips a transaction that was still in flight.',
  },
  'R-DATA-GROUP-COMMIT': {
    promise: 'Appends that wait together are committed together, each with its own outcome.',
  },
  'R-DATA-CATCH-UP': {
    promise: 'A projection behind the log gets every event once and in order, whoever runs it, over restarts.',
  },
  'R-DATA-REBUILD': {
    promise: '`pygent db rebuild` makes every read model from the log, row for row as it was.',
  },
  'R-DATA-BACKUP': { promise: 'A backup restores every event, row and blob, and a damaged one is found.' },
  'R-DATA-TENANTS': { promise: 'No query gives a row of another tenant.' },

  // Agents
  'R-AGENT-FORMS': {
    promise: 'YAML, JSON and TypeScript definitions have the same errors, naming the field.',
  },
  'R-AGENT-VERSIONS': { promise: 'A change of an agent makes a new version; versions never change.' },
  'R-AGENT-ALIASES': { promise: 'An alias names a version, and moves.' },
  'R-AGENT-DIFF': { promise: 'Two versions of an agent are compared field by field.' },
  'R-AGENT-DELETE': { promise: 'An agent in use is not deleted; a disabled one takes no tasks.' },
  'R-AGENT-SEARCH': { promise: 'Agents are found by name, tag and capability.' },

  // Executions
  'R-EXECUTION-REPLAYS': {
    promise: 'A function that runs again gets its finished steps from the journal.',
  },
  'R-EXECUTION-DETERMINISM': {
    promise: 'A step other than the journal holds is an error that names both.',
  },
  'R-EXECUTION-PINNED': { promise: 'An execution keeps the versions with which it began.' },
  'R-EXECUTION-CANCEL': { promise: 'Cancelling reaches a running model call and a running tool.' },
  'R-EXECUTION-TIMEOUT': { promise: 'A step and an execution end when their time is up.' },
  'R-EXECUTION-RETRY': {
    promise: 'What may pass is tried again with growing pauses; what may not is not.',
  },
  'R-EXECUTION-PARALLEL': { promise: 'Parallel steps keep their keys in whatever order they end.' },
  'R-EXECUTION-SUBTASK': { promise: 'A step may be a task of another agent.' },
  'R-EXECUTION-SLEEP': { promise: 'A sleep outlives the process, and holds no worker.' },
  'R-EXECUTION-APPROVAL': { promise: 'An approval makes the task input-required until a person decides.' },
  'R-EXECUTION-LIMITS': { promise: 'Steps, wall time and tokens are limits that hold.' },
  'R-EXECUTION-LARGE-RESULT': { promise: 'A result over 64 KiB lies in the file store by its hash.' },
  'R-EXECUTION-ONCE': {
    promise: 'A `once` effect is never repeated blindly: its outcome is unknown, and a person settles it.',
  },
  'R-EXECUTION-KILL': {
    promise: 'After kill -9 every execution resumes by itself, and no finished step runs again.',
  },
  'R-EXECUTION-REPLAY': {
    promise: 'State folded again from the log equals the live state, and nothing is called.',
  },
  'R-EXECUTION-FORK': { promise: 'A fork runs only what follows its cut, and keeps its lineage.' },

  'R-USAGE-TRUE': {
    promise: 'Usage counts each model call once: what a fork takes over and what a replay repeats is no call.',
  },

  // Reasoning
  'R-REASONING-DIRECT': { promise: '`direct` is one model call.' },
  'R-REASONING-REACT': {
    promise: '`react` calls tools, in parallel too, and returns their errors to the model.',
  },
  'R-REASONING-ENDS': { promise: 'Repeated calls are detected, and the step cap asks for a final answer.' },

  // Tools
  'R-TOOL-ARGUMENTS': { promise: 'Arguments are validated before a tool is called, each wrong field named.' },
  'R-TOOL-FILES': { promise: 'No path leads the file tools out of their folder.' },
  'R-TOOL-DOCUMENTS': { promise: 'Document search cites file and lines that hold what it quotes.' },
  'R-EGRESS-PRIVATE': { promise: 'A private address in any form is refused unless the configuration allows it.' },
  'R-EGRESS-PINNED': {
    promise: 'The address that was checked is the one connected to, whatever the name says by then.',
  },
  'R-EGRESS-REDIRECTS': { promise: 'Each redirect is checked like the first address.' },
  'R-EGRESS-LIMITS': { promise: 'An answer is bounded in size and time.' },

  // Models
  'R-MODEL-CHOICE': {
    promise: 'The model is the configured one, else that of the first key, else Local Rules, with the reason.',
  },
  'R-MODEL-WIRE': { promise: 'OpenAI, Anthropic, Google and compatible servers answer, call tools and stream.' },
  'R-MODEL-FAILURES': { promise: '429, 500, overload and a cut connection are told apart by whether to try again.' },
  'R-MODEL-REASONING': { promise: 'Signed thoughts are kept and sent back to the provider they came from.' },
  'R-MODEL-COST': { promise: 'Usage is priced exactly by a table that the user can override.' },
  'R-RULES-CHOICE': {
    promise: 'Local Rules takes the right one of several tools in at least 96 of 100 cases.',
  },
  'R-RULES-CALLS': { promise: 'Local Rules knows when to call: balanced accuracy of at least 0.90.' },
  'R-RULES-HONEST': {
    promise: 'Local Rules says what it is, quotes with citations, and abstains when it does not know.',
  },

  // API
  'R-API-OPENAPI': { promise: 'Every answer is as /openapi.json says.' },
  'R-API-DOCS': { promise: '/docs is readable offline.' },
  'R-API-STREAM': { promise: 'A cut event stream resumes with Last-Event-ID without a gap or a duplicate.' },
  'R-API-PROBLEMS': { promise: 'Every error code is a problem document with its status.' },
  'R-API-RATE': { promise: 'Too many requests of a key are answered with 429 and Retry-After.' },
  'R-API-SHUTDOWN': { promise: 'Shutting down answers what is in flight and ends streams.' },
  'R-API-HEALTH': { promise: 'Health tells live, ready, metrics and every dependency, and no inner message.' },
  'R-API-IDEMPOTENCY': { promise: 'A request repeated with its Idempotency-Key is done once.' },
  'R-SECURITY-KEYS': {
    promise: 'Of a key only an HMAC is stored; expired, revoked and unknown ones are refused.',
  },
  'R-SECURITY-ROLES': { promise: 'Each role may do what the table says, and nothing else.' },
  'R-SECURITY-FIRST-KEY': { promise: 'The first start makes one admin key, wherever its process dies.' },
  'R-SECURITY-LOOPBACK': { promise: 'A public address without TLS or a proxy is refused.' },
  'R-LIBRARY-EMBEDS': {
    promise: '`createFactory` runs an agent with a tool of its own in the user’s program.',
  },
  'R-HOUSE-LAYERS': { promise: 'The layers of the source tree hold, and a violation of any rule is found.' },

  // Bad input
  'R-BAD-FIELDS': { promise: 'Unknown fields and wrong types are refused with their path.' },
  'R-BAD-HTTP': { promise: 'A request that a proxy may read in another way is refused, and closes its connection.' },
  'R-BAD-SLOW-CLIENT': { promise: 'A client that sends or takes nothing is let go, and holds up no shutdown.' },
  'R-BAD-LARGE-BODY': { promise: 'A body of 10 MB is refused.' },
  'R-BAD-JSON': { promise: 'Malformed JSON is refused, whatever the bytes.' },
  'R-BAD-YAML': { promise: 'YAML with aliases is refused.' },
  'R-BAD-UTF8': { promise: 'Invalid UTF-8 is refused, and the byte named.' },
  'R-BAD-NAMES': { promise: 'An unknown model, tool, version or strategy is refused with the nearest known.' },
  'R-BAD-DELEGATE': { promise: 'A circular delegate is refused.' },
  'R-BAD-TOOL-THROWS': { promise: 'A tool that throws ends its step with TOOL_FAILED.' },
  'R-BAD-TOOL-HANGS': { promise: 'A tool that hangs ends on time.' },
  'R-BAD-TOOL-OUTPUT': { promise: 'An answer of a tool that is huge, circular or no JSON is refused.' },
  'R-BAD-MODEL-CALLS': {
    promise: 'A model that calls an unknown tool, or with arguments that do not parse, is told.',
  },
  'R-BAD-MODEL-EMPTY': { promise: 'An empty answer of a model is refused, and tried again.' },
  'R-BAD-MODEL-ENDLESS': { promise: 'An endless answer of a model is cut off.' },
  'R-BAD-TWO-UPDATES': { promise: 'Of two updates of one revision, one is answered with 412.' },
  'R-BAD-DISK-FULL': {
    promise: 'A full disk refuses an append with a code, loses nothing, and goes on when there is room.',
  },
  'R-BAD-FOLDER-GONE': { promise: 'A database folder deleted while running is told, and ends cleanly.' },
  'R-BAD-SIGNALS': { promise: 'SIGTERM and SIGKILL at every stage leave runs resumable.' },
};
