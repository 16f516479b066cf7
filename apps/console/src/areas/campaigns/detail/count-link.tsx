import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './detail.module.css';

/** What opens contacts of a campaign, as the address has it. */
export interface CountSearch {
  state?: string;
  states?: string;
  rule?: string;
  variant?: string;
  step?: string;
  via?: string;
  outcome?: string;
  code?: string;
  replied?: 'true' | 'false';
  keyword?: string;
  clicked?: 'true' | 'false';
  optedOut?: 'true';
}

/** A number that opens its contacts. */
export const CountLink = ({
  children,
  id,
  search,
  className = classes.count,
}: {
  id: string;
  search: CountSearch;
  className?: string | undefined;
  children: ReactNode;
}) => (
  <Link to="/campaigns/$id/contacts" params={{ id }} search={search} className={className}>
    {children}
  </Link>
);
