export type { TaskFilter, TaskQueries, TaskService } from './task-service.ts';
