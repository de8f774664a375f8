export {
  isFinal,
  taskDecider,
  taskStream,
  type TaskAggregate,
  type TaskCommand,
  type TaskEvent,
  type TaskForked,
  type TaskSubmitted,
} from './task.ts';
export type { TaskFilter, TaskQueries, TaskService } from './task-service.ts';
export { createTaskCommands, type TaskCommands, type TaskCommandsDependencies } from './task-commands.ts';
export { createPgTaskQueries, type PgTaskQueries, type PgTaskQueriesDependencies } from './pg-task-queries.ts';
export { tasksProjection } from './pg-tasks-projection.ts';
