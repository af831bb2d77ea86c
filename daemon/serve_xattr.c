/*
 * Extended attributes, with the errors of overlayfs over EROFS. With --xattr no-acl or auto, access control lists, SELinux
 * labels or all attributes are reported as unsupported if the image has none, and programs stop asking for them.
 *
 * Error:  names of trusted attributes are listed only for user 0; the kernel would check a capability, which the protocol
 *         does not carry. The kernel itself checks reads of their values.
 */
#include <errno.h>
#include <string.h>

#include "nodes.h"
#include "xattr.h"

static bool is_acl(const char *name)
{
	return strcmp(name, "system.posix_acl_access") == 0 || strcmp(name, "system.posix_acl_default") == 0;
}

/* The errno of a missing attribute. Names outside the known families are not supported. */
static int absent_errno(const struct server *server, const char *name)
{
	static const char *const families[] = { "trusted.overlay.", "user.", "trusted.", "security." };

	for (size_t i = server->view == VIEW_MERGED ? 0 : 1; i < sizeof(families) / sizeof(families[0]); i++) {
		size_t bytes = strlen(families[i]);

		if (strncmp(name, families[i], bytes) == 0)
			return name[bytes] == 0 ? -EINVAL : -ENODATA;
	}
	return is_acl(name) ? -ENODATA : -EOPNOTSUPP;
}

/*
 * -ENOSYS: the kernel stops asking. -EOPNOTSUPP: programs such as `ls` stop asking. 0: the inode decides. ACLs must be
 * supported if the kernel uses them to check permissions.
 */
static int unsupported(const struct server *server, const char *name)
{
	struct names *names = &server->mount_state->names;

	if (server->xattr == XATTR_FULL || (server->xattr == XATTR_NO_ACL && (name == NULL || !is_acl(name))))
		return 0;
	names_learn(names, &server->image);
	if (server->xattr == XATTR_AUTO && !names->any && !server->mount_state->acls)
		return -ENOSYS;
	if (name == NULL)
		return 0;
	if (is_acl(name) && !names->acl && !server->mount_state->acls)
		return -EOPNOTSUPP;
	return strcmp(name, "security.selinux") == 0 && !names->selinux ? -EOPNOTSUPP : 0;
}

/* The reply to a call that may request only the size. */
static int reply_value(struct reply *reply, uint32_t wanted_bytes, uint32_t bytes)
{
	struct fuse_getxattr_out out = { .size = bytes };

	if (wanted_bytes == 0) {
		memcpy(reply->body, &out, sizeof(out));
		return sizeof(out);
	}
	return bytes > wanted_bytes ? -ERANGE : (int)bytes;
}

int serve_getxattr(const struct server *server, const struct request *request, struct reply *reply)
{
	struct fuse_getxattr_in in;
	struct inode inode;
	struct xattr found;
	uint32_t name_bytes;
	const char *name = request_name(request, sizeof(in), &name_bytes);
	int err;

	if (name == NULL)
		return -EINVAL;
	memcpy(&in, request->body, sizeof(in));
	err = unsupported(server, name);
	if (err == 0)
		err = node_read(&server->image, request->head->nodeid, &inode);
	if (err == 0)
		err = xattr_find(&server->image, &inode, server->view, name, name_bytes, &found);
	if (err == -ENODATA)
		return absent_errno(server, name);
	if (err != 0)
		return err;
	memcpy(reply->body, found.value, found.value_bytes);
	return reply_value(reply, in.size, found.value_bytes);
}

int serve_listxattr(const struct server *server, const struct request *request, struct reply *reply)
{
	bool trusted = server->lists_trusted && request->head->uid == 0;
	struct fuse_getxattr_in in;
	struct xattr_cursor cursor;
	struct xattr found;
	struct inode inode;
	uint32_t used_bytes = 0;
	int err;

	if (request_head(request, sizeof(in)) == NULL)
		return -EINVAL;
	memcpy(&in, request->body, sizeof(in));
	err = unsupported(server, NULL);
	if (err == 0)
		err = node_read(&server->image, request->head->nodeid, &inode);
	if (err == 0)
		err = xattr_start(&server->image, &inode, server->view, &cursor);
	while (err == 0 && (err = xattr_next_shown(&cursor, &found)) == 0) {
		uint8_t *at = reply->body + used_bytes;

		if (xattr_is_trusted(&found) && !trusted)
			continue;
		if (found.prefix_bytes + found.suffix_bytes + 1 > reply->room_bytes - used_bytes)
			return -E2BIG;
		memcpy(at, found.prefix, found.prefix_bytes);
		memcpy(at + found.prefix_bytes, found.suffix, found.suffix_bytes);
		at[found.prefix_bytes + found.suffix_bytes] = 0;
		used_bytes += found.prefix_bytes + found.suffix_bytes + 1;
	}
	return err == -ENODATA ? reply_value(reply, in.size, used_bytes) : err;
}
