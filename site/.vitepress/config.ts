/** The documentation's site. Its pages are laid out by scripts/site.ts. */
import { withMermaid } from 'vitepress-plugin-mermaid';
import manifest from '../../package.json' with { type: 'json' };
import { promql } from './promql.ts';

const REPOSITORY = 'https://github.com/crossaccountlink/crossaccountlink';

export default withMermaid({
  title: 'crossaccountlink',
  description: 'AWS Step Functions across accounts, kept true by Kubernetes manifests',
  lang: 'en',
  srcDir: 'pages',
  cleanUrls: true,
  lastUpdated: false,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  // The usual themes leave comments and options too pale to read (WCAG AA).
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    languages: [promql],
  },
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/getting-started', activeMatch: '/(getting-started|tenants|how-it-works)' },
      { text: 'Reference', link: '/fields', activeMatch: '/(fields|conditions|cli|chart)' },
      {
        text: `v${manifest.version}`,
        items: [
          { text: 'Changelog', link: '/changelog' },
          { text: 'API and upgrades', link: '/api-stability' },
          { text: 'All versions', link: `${REPOSITORY}/releases` },
        ],
      },
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          { text: 'Getting started', link: '/getting-started' },
          { text: 'Quick start for a team', link: '/tenants' },
          { text: 'How it works', link: '/how-it-works' },
          { text: 'Compared with other ways', link: '/comparison' },
        ],
      },
      {
        text: 'Use',
        items: [
          { text: 'Coming from Terraform or CDK', link: '/migration' },
          { text: 'Beside Terraform and CDK', link: '/beside-terraform-and-cdk' },
          { text: 'Command line', link: '/cli' },
          { text: 'Console', link: '/console' },
          { text: 'Troubleshooting', link: '/troubleshooting' },
          { text: 'FAQ', link: '/faq' },
        ],
      },
      {
        text: 'Operate',
        items: [
          { text: 'Helm chart', link: '/chart' },
          { text: 'AWS permissions', link: '/aws-permissions' },
          { text: 'Operations', link: '/operations' },
          {
            text: 'Runbooks',
            collapsed: true,
            items: [
              'AccountUnreachable',
              'DriftRepeated',
              'EventQueueLag',
              'NoLeader',
              'NotReady',
              'SnapshotStale',
              'Throttled',
              'WatchStale',
            ].map((name) => ({ text: name, link: `/runbooks/CrossAccountLink${name}` })),
          },
          { text: 'Performance', link: '/performance' },
          { text: 'Security', link: '/security' },
          { text: 'API and upgrades', link: '/api-stability' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Fields', link: '/fields' },
          { text: 'Conditions and reasons', link: '/conditions-and-reasons' },
          { text: 'Architecture', link: '/architecture' },
          { text: 'Contributing', link: '/contributing' },
        ],
      },
    ],
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    footer: { message: 'Apache License 2.0' },
  },
});
