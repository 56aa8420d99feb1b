import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/react';

// a busy machine is no failure
configure({ asyncUtilTimeout: 5_000 });
