/** Where clients reach the embedded server: a socket folder, or a port of the loopback interface. */
export type ServerAddress = { readonly socketFolder: string } | { readonly port: number };

/** PostgreSQL puts the port into the socket's name; it means nothing there. */
export const SOCKET_PORT = 5432;

/** More than the pool of one process needs, less than an idle laptop feels. */
const MAX_CONNECTIONS = 64;

/**
 * Settings of the embedded server, given on its command line so that no file can contradict them.
 * Durable: what is committed is on the disk. Small: 64 MB of shared memory that is touched as it is needed.
 * `durable: false` is for throw-away databases of tests only.
 */
export function serverArguments(address: ServerAddress, durable: boolean): string[] {
  const settings: Record<string, string | number> = {
    ...('port' in address
      ? { listen_addresses: '127.0.0.1', port: address.port, unix_socket_directories: '' }
      : {
          listen_addresses: '',
          port: SOCKET_PORT,
          unix_socket_directories: address.socketFolder,
          unix_socket_permissions: '0700',
        }),
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    max_connections: MAX_CONNECTIONS,
    shared_buffers: '64MB',
    wal_buffers: '4MB',
    effective_cache_size: '512MB',
    maintenance_work_mem: '64MB',
    random_page_cost: 1.1,
    jit: 'off',
    // One machine, no replica: the smallest log, no sender processes, no input/output helper processes.
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_wal_size: '512MB',
    min_wal_size: '64MB',
    checkpoint_timeout: '15min',
    io_method: 'sync',
    max_worker_processes: 4,
    max_parallel_workers: 2,
    huge_pages: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_destination: 'stderr',
    logging_collector: 'off',
    // Errors of statements go to the caller who made them; the log has starts, stops, crashes and refusals.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
