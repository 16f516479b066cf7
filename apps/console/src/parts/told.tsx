import '@mantine/notifications/styles.css';
import { type NotificationData, Notifications, notifications } from '@mantine/notifications';

export const tell = (told: NotificationData): void => void notifications.show(told);

export const Told = () => <Notifications position="bottom-right" />;
