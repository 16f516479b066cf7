import '@mantine/notifications/styles.css';
import { Button, Group, Text } from '@mantine/core';
import { type NotificationData, Notifications, notifications } from '@mantine/notifications';
import { IconArrowBackUp } from '@tabler/icons-react';
import { languages } from '../texts/define.ts';
import { partTexts } from './texts.ts';

/** Nothing of React is around whoever tells, so the language is the page's. */
const say = (key: 'close' | 'undo'): string =>
  partTexts[languages.find((each) => each === document.documentElement.lang) ?? 'en'][key];

export const tell = (told: NotificationData): string =>
  notifications.show({ closeButtonProps: { 'aria-label': say('close') }, ...told });

/** Says something with a button that takes it back, and goes away with it. */
export function tellUndoable(
  message: string,
  undo: () => void,
  told: Omit<NotificationData, 'message'>,
): void {
  const id = tell({
    ...told,
    message: (
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm" inherit>
          {message}
        </Text>
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ flex: 'none' }}
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {say('undo')}
        </Button>
      </Group>
    ),
  });
}

export const Told = () => <Notifications position="top-center" />;
