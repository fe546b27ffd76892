import { render } from 'preact';
import { App } from './app.tsx';
import { Connection, takeToken } from './connection.ts';

const root = document.getElementById('app');
if (root !== null) render(<App connection={new Connection(takeToken())} />, root);
