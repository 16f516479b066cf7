/**
 * Which addresses each subnet of a /16 has. Zones come first to last and keep their ranges when one is added. Private
 * subnets are large, because every task has an address of its own; the others hold a load balancer or a database.
 *
 * | range             | for |
 * |-------------------|-----|
 * | x.y.0-2.0/24      | public: load balancer, NAT |
 * | x.y.16/32/48.0/20 | private: tasks, endpoints |
 * | x.y.240-242.0/24  | isolated: database, cache |
 */
export function addressPlan(
  cidr: string,
  zones: number,
): { public: string; private: string; isolated: string }[] {
  const [first, second] = cidr.split('.');
  return Array.from({ length: zones }, (_, zone) => ({
    public: `${first}.${second}.${zone}.0/24`,
    private: `${first}.${second}.${16 * (zone + 1)}.0/20`,
    isolated: `${first}.${second}.${240 + zone}.0/24`,
  }));
}
