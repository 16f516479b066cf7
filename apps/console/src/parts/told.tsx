import '@mantine/notifications/styles.css';
import { type NotificationData, Notifications, notifications } from '@mantine/notifications';
import { languages } from '../texts/define.ts';
import { partTexts } from './texts.ts';

/** Nothing of React is around whoever tells, so the language is the page's. */
const closeLabel = (): string => {
  const language = languages.find((each) => each === document.documentElement.lang) ?? 'en';
  return partTexts[language].close;
};

export const tell = (told: NotificationData): void => {
  notifications.show({ closeButtonProps: { 'aria-label': closeLabel() }, ...told });
};

export const Told = () => <Notifications position="bottom-right" />;
