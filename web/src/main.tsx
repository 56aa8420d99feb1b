import { LogLevel, setLogLevel } from 'livekit-client';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { Call } from './call/call';
import { callsAt } from './call/calls';
import { Outbox, typed } from './call/outbox';
import { keptCall } from './call/kept';
import './styles/index.css';

setLogLevel(LogLevel.warn);

const base = document.baseURI;
const line = new URLSearchParams(location.search).get('line') ?? undefined;
const root = document.getElementById('root');
const call = new Call({ calls: callsAt(base), kept: keptCall, outbox: new Outbox(typed) }, line);

if (root) createRoot(root).render(<App call={call} base={base} line={line} />);
