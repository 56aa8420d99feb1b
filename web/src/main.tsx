import { LogLevel, setLogLevel } from 'livekit-client';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { Call } from './call/call';
import { callsAt } from './call/calls';
import { tickets } from './call/tickets';
import './styles/index.css';

setLogLevel(LogLevel.warn);

const base = document.baseURI;
const line = new URLSearchParams(location.search).get('line') ?? undefined;
const root = document.getElementById('root');
const call = new Call({ calls: callsAt(base), tickets }, line);

if (root) createRoot(root).render(<App call={call} base={base} line={line} />);
