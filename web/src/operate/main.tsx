import { createRoot } from 'react-dom/client';
import { Api } from './api';
import { Gate } from './signin/Gate';
import { takeRefused } from './signin/refused';
import { Session } from './signin/session';
import './styles/index.css';
import { chosenTheme, showTheme } from './theme';

showTheme(chosenTheme());
const refused = takeRefused();
const api = new Api(document.baseURI);
const session = new Session(api);
void session.ask();
const root = document.getElementById('root');

if (root) createRoot(root).render(<Gate api={api} session={session} refused={refused} />);
