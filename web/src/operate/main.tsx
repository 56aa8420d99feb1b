import { createRoot } from 'react-dom/client';
import { Api } from './api';
import { App } from './app';
import './styles/index.css';

const api = new Api(document.baseURI);
const root = document.getElementById('root');

if (root) createRoot(root).render(<App api={api} me={await api.me()} />);
