import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';

/** Sent by Enter as well as by its button, which is at the foot of the drawer. */
export function EnterForm({ children, does }: { does: () => void; children: ReactNode }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        does();
      }}
    >
      <Stack gap="md">
        {children}
        <button type="submit" hidden />
      </Stack>
    </form>
  );
}
