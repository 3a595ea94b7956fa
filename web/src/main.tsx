// First: it says in which order the layers count.
import './ui/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries';
import { live } from './live/connection';
import { router } from './routes';

const REFRESH_AFTER_MS = 250;
const waiting = new Set<string>();

// Changes in quick succession make a page read once.
live.onChange = (topic) => {
  if (waiting.has(topic)) return;
  waiting.add(topic);
  setTimeout(() => {
    waiting.delete(topic);
    void queryClient.invalidateQueries({ predicate: ({ meta }) => meta?.topic === topic });
  }, REFRESH_AFTER_MS);
};
live.connect();

const place = document.getElementById('app');
if (!place) throw new Error('index.html has no place for the dashboard');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
