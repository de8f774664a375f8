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
