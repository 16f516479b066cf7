import { Link } from '@tanstack/react-router';
import { TonedText } from '../../parts/toned-text.tsx';
import { useTexts } from '../../texts/language.tsx';
import { carrier } from '../../words/system.ts';
import { useWord } from '../../words/use-word.ts';
import classes from './home.module.css';
import type { Incident } from './incidents.ts';
import { homeTexts } from './texts.ts';

export function IncidentList({ incidents }: { incidents: readonly Incident[] }) {
  return (
    <ul className={classes.incidents}>
      {incidents.map((incident) => (
        <li key={JSON.stringify(incident)}>
          <TonedText tone={incident.kind === 'campaignPaused' ? 'held' : 'bad'}>
            <IncidentLink of={incident} />
          </TonedText>
        </li>
      ))}
    </ul>
  );
}

function IncidentLink({ of: incident }: { of: Incident }) {
  const say = useTexts(homeTexts);
  const word = useWord(carrier);
  switch (incident.kind) {
    case 'carrierAway':
      return <Link to="/system">{say('carrierAway', { carrier: word(incident.carrier).says })}</Link>;
    case 'senderHalted':
      return (
        <Link to="/system/senders/$number" params={{ number: incident.number }}>
          {say('senderHalted', { number: incident.number, reason: incident.reason ?? say('noReason') })}
        </Link>
      );
    case 'deadLetters':
      return <Link to="/system/dead-letters">{say('deadLetters', { count: incident.count })}</Link>;
    default:
      return (
        <Link to="/campaigns/$id" params={{ id: incident.id }}>
          {say(incident.kind, { name: incident.name, reason: incident.reason ?? say('noReason') })}
        </Link>
      );
  }
}
