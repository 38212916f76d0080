// Reads feeds over HTTP: node read.mjs PARSER. For each line {"url", "etag"} it is given it prints a line
// {"status", "etag", "entries": [{id, title, link, date, text}]}.

import { createInterface } from "node:readline";

import { parseAtomFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import RssParser from "rss-parser";

const parsers = {
  async "rss-parser"(url, body) {
    const feed = await new RssParser().parseString(body);
    return feed.items.map((item) => ({
      id: item.id ?? item.guid,
      title: item.title,
      link: item.link,
      date: item.isoDate,
      text: item["content:encoded"] ?? item.content,
    }));
  },
  async feedsmith(url, body) {
    if (url.endsWith(".json")) {
      return parseJsonFeed(body).items.map((item) => ({
        id: item.id,
        title: item.title,
        link: item.url,
        date: item.date_published,
        text: item.content_html,
      }));
    }
    if (url.endsWith("atom.xml")) {
      return parseAtomFeed(body).entries.map((entry) => ({
        id: entry.id,
        title: entry.title?.value ?? entry.title,
        link: entry.links?.find((link) => link.rel === "alternate")?.href,
        date: entry.published,
        text: entry.content?.value ?? entry.content,
      }));
    }
    return parseRssFeed(body).items.map((item) => ({
      id: item.guid.value,
      title: item.title,
      link: item.link,
      date: new Date(item.pubDate).toISOString(),
      text: item.content.encoded,
    }));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { url, etag } = JSON.parse(line);
  const response = await fetch(url, { headers: etag ? { "If-None-Match": etag } : {} });
  const entries = response.status === 200 ? await parsers[process.argv[2]](url, await response.text()) : [];
  console.log(JSON.stringify({ status: response.status, etag: response.headers.get("etag"), entries }));
}
