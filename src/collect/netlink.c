// SPDX-License-Identifier: GPL-3.0-or-later
#include "collect/netlink.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

struct netlink_span
netlink_attributes(const void *message, size_t size, uint16_t family, uint8_t command)
{
	const size_t start = NLMSG_HDRLEN + GENL_HDRLEN;
	struct netlink_span none = { NULL, 0 };
	struct nlmsghdr header;
	struct genlmsghdr generic;

	if (size < start)
		return none;
	memcpy(&header, message, sizeof(header));
	memcpy(&generic, (const char *)message + NLMSG_HDRLEN, sizeof(generic));
	if (header.nlmsg_type != family || generic.cmd != command || header.nlmsg_len < start ||
		header.nlmsg_len > size)
		return none;
	return (struct netlink_span){ (const char *)message + start, header.nlmsg_len - start };
}

struct netlink_span
netlink_find(struct netlink_span attributes, int type)
{
	const char *at = attributes.data;
	size_t left = attributes.size, step;
	struct nlattr header;

	for (; left >= sizeof(header); at += step, left -= step) {
		memcpy(&header, at, sizeof(header));
		if (header.nla_len < NLA_HDRLEN || header.nla_len > left)
			break;
		if ((header.nla_type & NLA_TYPE_MASK) == type)
			return (struct netlink_span){ at + NLA_HDRLEN,
				header.nla_len - (size_t)NLA_HDRLEN };
		step = NLA_ALIGN((size_t)header.nla_len);
		step = step < left ? step : left;
	}
	return (struct netlink_span){ NULL, 0 };
}
