import { Button, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Action } from '../../parts/action.tsx';
import { SideDrawer } from '../../parts/side-drawer.tsx';
import { useTexts } from '../../texts/language.tsx';
import { contactTexts } from './texts.ts';

/** A form at the right, over what it belongs to: sent by its button and by Enter. */
export function FormDrawer({
  title,
  state,
  close,
  doing,
  does,
  isBusy,
  whyNot,
  isGrave = false,
  size,
  aside,
  children,
}: {
  title: string;
  state?: ReactNode;
  close: () => void;
  /** What sending it is called. */
  doing: string;
  does: () => void;
  isBusy: boolean;
  /** Why it cannot be sent yet. */
  whyNot?: string | undefined;
  /** Whether it stops what is sent. */
  isGrave?: boolean;
  size?: number;
  /** Instead of the button that leaves everything as it is. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  const say = useTexts(contactTexts);
  return (
    <SideDrawer
      title={title}
      state={state}
      close={close}
      {...(size === undefined ? {} : { size })}
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
          {aside ?? (
            <Button variant="default" onClick={close}>
              {say('cancel')}
            </Button>
          )}
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (whyNot === undefined && !isBusy) does();
        }}
      >
        <Stack gap="md">
          {children}
          {/* Enter sends it; the button that is seen is below. */}
          <button type="submit" hidden />
        </Stack>
      </form>
    </SideDrawer>
  );
}
