import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './route-tabs.module.css';

/** The parts of an area, each with its own address. */
export function RouteTabs({
  label,
  tabs,
}: {
  label: string;
  tabs: readonly {
    to: LinkProps['to'];
    params?: LinkProps['params'];
    text: ReactNode;
    exact?: boolean;
  }[];
}) {
  return (
    <nav aria-label={label} className={classes.tabs}>
      {tabs.map(({ exact = false, params, text, to }) => (
        <Link key={to} to={to} params={params ?? {}} className={classes.tab} activeOptions={{ exact }}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
