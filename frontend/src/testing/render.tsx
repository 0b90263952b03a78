import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import type { ReactElement } from 'react';

export function renderPage(element: ReactElement) {
  return render(<MantineProvider env="test">{element}</MantineProvider>);
}
