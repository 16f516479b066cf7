import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/language.tsx';
import { partTexts } from './texts.ts';

/** Something to be decided before anything else, in the middle of the screen; drawn while it is open. */
export function Dialog({
  title,
  close,
  children,
}: {
  title: string;
  close: () => void;
  children: ReactNode;
}) {
  const say = useTexts(partTexts);
  return (
    <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': say('close') }} centered>
      {children}
    </Modal>
  );
}
