import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Action } from '../../../parts/action.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { contactTexts } from '../texts.ts';

/** Leads back to the number. */
export function useBack(phone: string): () => void {
  const navigate = useNavigate();
  return () => void navigate({ to: '/contacts/consent/$phone', params: { phone } });
}

/** A form about one number, at the right over its page. */
export function ConsentDrawer({
  title,
  state,
  phone,
  does,
  doing,
  isBusy,
  whyNot,
  isGrave = false,
  children,
}: {
  title: string;
  state: ReactNode;
  phone: string;
  /** What sending it is called. */
  doing: string;
  does: () => void;
  isBusy: boolean;
  whyNot?: string | undefined;
  /** Whether it stops what is sent. */
  isGrave?: boolean;
  children: ReactNode;
}) {
  const common = useTexts(contactTexts);
  const close = useBack(phone);
  return (
    <SideDrawer
      title={title}
      state={state}
      close={close}
      actions={
        <>
          <Action
            needs="operator"
            {...(isGrave ? { color: 'red' } : {})}
            loading={isBusy}
            whyNot={whyNot}
            does={does}
          >
            {doing}
          </Action>
          <Button variant="default" onClick={close}>
            {common('cancel')}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (whyNot === undefined) does();
        }}
      >
        {children}
        <button type="submit" hidden />
      </form>
    </SideDrawer>
  );
}

/** What of the console shows where people stand. */
export const consentTouches = ['/v1/consents', '/v1/suppressions', '/v1/people'] as const;
