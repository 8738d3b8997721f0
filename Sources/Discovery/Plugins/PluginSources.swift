/// The sources that know what a host library, a server or a language runtime loads of its own accord:
/// from configuration in the root, or from a place that is compiled into it.
package enum PluginSources {
  /// Those that know all by one library.
  static func ofObjects() -> [any NeedSource] {
    [GdkPixbufLoaders(), MagickModules(), FontConfiguration()]
  }

  /// Those that see several objects of a program. They share nothing.
  static func ofPrograms() -> [any NeedSource] {
    runtimes() + libraries() + servers()
  }

  private static func runtimes() -> [any NeedSource] {
    [
      PythonRuntime(), PerlRuntime(), JavaRuntime(), RubyRuntime(), LuaRuntime(), ErlangRuntime(),
      MonoApplication(), DotnetApplication(),
      PhpRuntime(), NodeRuntime(),
    ]
  }

  private static func libraries() -> [any NeedSource] {
    [
      OpenSSLConfiguration(), PamConfiguration(), GioModules(), P11KitModules(),
      KerberosConfiguration(), GssMechanisms(), SaslPlugins(), OdbcDrivers(),
      QtPlugins(),
    ]
  }

  private static func servers() -> [any NeedSource] {
    [GitPrograms(), GnupgPrograms(), PostgresServer(), NginxServer(), ApacheServer()]
  }
}
