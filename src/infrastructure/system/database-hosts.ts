/** The servers of a `DATABASE_URL`, `postgres://user:password@first:5432,second:5432/database`, each as a URL of its own. */
export function databaseHosts(url: string): readonly string[] {
  const [, before = '', hosts = '', after = ''] = /^(\w+:\/\/(?:[^@/?#]*@)?)([^@/?#]*)(.*)$/s.exec(url) ?? [];
  return hosts.includes(',') ? hosts.split(',').map((host) => before + host + after) : [url];
}
